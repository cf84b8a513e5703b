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
      'over the skyscrapers',
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
      'in the moonlight',
      'at dawn',
    ],
  },
  {
    name: 'Weather',
    phrases: ['under a clear sky', 'in the fog', 'in the mist'],
  },
  {
    name: 'Motion',
    phrases: [
      'moving to the left',
      'moving to the right',
      'rising',
      'drifting to the right',
      'standing still',
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
      'slow zoom in',
    ],
  },
  {
    name: 'Shot size',
    phrases: ['wide shot', 'medium shot', 'close up'],
  },
];

/** Words that the model knows, to offer for common ones that it does not. */
export const papercutSynonyms: Readonly<Record<string, string>> = {
  aeroplane: 'rocket',
  airplane: 'rocket',
  beach: 'sea',
  blizzard: 'fog',
  boats: 'boat',
  bus: 'car',
  catamaran: 'sailboat',
  cliff: 'mountains',
  clouds: 'fog',
  cloudy: 'fog',
  darkness: 'night',
  drizzle: 'mist',
  duck: 'bird',
  dune: 'dunes',
  eagle: 'bird',
  fish: 'whale',
  highway: 'street',
  hill: 'hills',
  island: 'sea',
  jungle: 'forest',
  lake: 'sea',
  lighthouse: 'house',
  lorry: 'car',
  overcast: 'fog',
  plane: 'rocket',
  rain: 'fog',
  rainy: 'foggy',
  river: 'sea',
  snow: 'snowfield',
  snowing: 'foggy',
  taxi: 'car',
  town: 'city',
  tree: 'trees',
  truck: 'car',
  van: 'car',
  village: 'city',
  water: 'sea',
  wood: 'woods',
};
