/** Phrases of one kind that the model has been trained on, as they read inside a prompt. */
export interface WordGroup {
  name: string;
  phrases: readonly string[];
}

/** What the built-in model knows, grouped as a person composes a shot. */
export const papercutWords: readonly WordGroup[] = [
  {
    name: 'Subject',
    phrases: [
      'sailboat',
      'hot air balloon',
      'car',
      'bird',
      'whale',
      'rocket',
      'spaceship',
      'house',
      'cabin',
      'train',
      'locomotive',
    ],
  },
  {
    name: 'Colour',
    phrases: ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'white'],
  },
  {
    name: 'Place',
    phrases: [
      'on the sea',
      'in the desert',
      'in the forest',
      'in the mountains',
      'in the city',
      'in the meadow',
      'in the snowfield',
      'in outer space',
      'over the dunes',
      'over the green fields',
    ],
  },
  {
    name: 'Light',
    phrases: [
      'by day',
      'at noon',
      'at sunset',
      'at the golden hour',
      'at night',
      'under the moon',
      'at dawn',
    ],
  },
  { name: 'Weather', phrases: ['clear sky', 'in the fog', 'in thick mist'] },
  { name: 'Motion', phrases: ['moving right', 'moving left', 'rising', 'lifting off', 'standing still'] },
  {
    name: 'Camera',
    phrases: [
      'static camera',
      'camera pans left',
      'camera pans right',
      'camera zooms in',
      'camera zooms out',
      'slow zoom in',
    ],
  },
  { name: 'Shot size', phrases: ['wide shot', 'medium shot', 'close up'] },
];

/** In the vocabulary, yet in no film the present weights were trained on: rain and snow were left out. */
export const papercutUntrained: ReadonlySet<string> = new Set([
  'rain',
  'rains',
  'rainy',
  'snow',
  'snowing',
  'falling',
]);

/** Trained words to offer for common ones that are not. */
export const papercutSynonyms: Readonly<Record<string, string>> = {
  airplane: 'rocket',
  beach: 'sea',
  clouds: 'fog',
  cloudy: 'fog',
  darkness: 'night',
  drizzle: 'mist',
  hill: 'mountains',
  hills: 'mountains',
  lake: 'sea',
  mountain: 'mountains',
  plane: 'rocket',
  rain: 'fog',
  rainy: 'foggy',
  river: 'sea',
  ship: 'sailboat',
  snow: 'snowfield',
  snowing: 'foggy',
  starship: 'spaceship',
  sunny: 'daylight',
  tree: 'forest',
  trees: 'forest',
  truck: 'car',
  village: 'town',
  water: 'sea',
  wood: 'woods',
  yacht: 'sailboat',
};
