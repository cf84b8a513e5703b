/** What a person does to a film in the making, as far as it goes on from outside. */
export class RunControl {
  readonly #abort = new AbortController();
  readonly #followers = new Set<(paused: boolean) => void>();
  #paused = false;
  #keepsSteps = false;

  /** Aborted by cancel() and by stop(). */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The steps done are to be kept for a later making, though this one was ended. */
  get keepsSteps(): boolean {
    return this.#keepsSteps;
  }

  /** Ends the film and gives it up, even one that is being stopped. */
  cancel(): void {
    this.#keepsSteps = false;
    this.#abort.abort();
  }

  /** Ends the film and keeps what it has; one that was cancelled stays given up. */
  stop(): void {
    if (this.signal.aborted) return;
    this.#keepsSteps = true;
    this.#abort.abort();
  }

  pause(): void {
    this.#setPaused(true);
  }

  resume(): void {
    this.#setPaused(false);
  }

  /** Calls the follower whenever the film is paused or goes on, and at once if it is paused already. */
  follow(follower: (paused: boolean) => void): void {
    this.#followers.add(follower);
    if (this.#paused) follower(true);
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    for (const follower of this.#followers) follower(paused);
  }
}
