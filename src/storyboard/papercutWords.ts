/** Phrases of one kind that the model has been trained on, as they read inside a prompt. */
export interface WordGroup {
  name: string;
  phrases: readonly string[];
  /** Stands behind a comma. */
  apart?: true;
}

/** What the built-in model knows, grouped as a person composes a shot. */
export const papercutWords: readonly WordGroup[] = [
  {
    name: 'Subject',
    phrases: ['sailboat', 'hot air balloon', 'car', 'bird', 'whale', 'rocket', 'house', 'train'],
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
      'in space',
    ],
  },
  {
    name: 'Light',
    phrases: [
      'by day',
      'in daylight',
      'at sunset',
      'at dusk',
      'at night',
      'at midnight',
      'at dawn',
      'at sunrise',
    ],
  },
  {
    name: 'Weather',
    phrases: ['under a clear sky', 'in the fog'],
  },
  {
    name: 'Motion',
    phrases: [
      'standing still',
      'hovering',
      'parked',
      'sailing to the left',
      'sailing to the right',
      'drifting to the left',
      'drifting to the right',
      'driving to the left',
      'driving to the right',
      'flying to the left',
      'flying to the right',
      'swimming to the left',
      'swimming to the right',
      'rolling to the left',
      'rolling to the right',
      'rising',
    ],
  },
  {
    name: 'Camera',
    phrases: [
      'static camera',
      'camera pans left',
      'camera pans right',
      'camera zooms in',
      'camera zooms out',
    ],
    apart: true,
  },
  {
    name: 'Shot size',
    phrases: ['wide shot', 'medium shot', 'close up'],
  },
];

/** Trained words to offer for common ones that are not. */
export const papercutSynonyms: Readonly<Record<string, string>> = {
  airplane: 'rocket',
  airship: 'balloon',
  beach: 'sea',
  bus: 'car',
  clouds: 'fog',
  cloudy: 'fog',
  cosmos: 'space',
  darkness: 'night',
  drizzle: 'fog',
  gold: 'yellow',
  grey: 'white',
  hill: 'hills',
  jungle: 'forest',
  lake: 'sea',
  lorry: 'car',
  magenta: 'pink',
  plane: 'rocket',
  rain: 'fog',
  rainy: 'foggy',
  river: 'sea',
  snow: 'snowfield',
  snowing: 'snowy',
  storm: 'fog',
  town: 'city',
  tree: 'trees',
  truck: 'car',
  van: 'car',
  village: 'countryside',
  water: 'sea',
  wood: 'woods',
};
