/**
 * Where a shot's subject is to be: an ellipse of its size that goes straight on and evenly. Shares of the picture's width
 * and height.
 */
export interface Mark {
  /** The centre in the shot's first latent frame. */
  x: number;
  y: number;
  /** How it moves in a latent frame. */
  right: number;
  down: number;
  /** Radii in the shot's first latent frame. */
  width: number;
  height: number;
  /** Natural logarithm of how they grow in a latent frame. */
  nearer: number;
}
