/** What is pictured behind the words. */
export interface Setting {
  name: 'hills' | 'sea' | 'city' | 'product' | 'abstract';
  picture: string;
}

/** First rule with a word in the text wins; order matters where words meet, e.g. "city trail". */
const rules: readonly (Setting & { words: RegExp })[] = [
  {
    name: 'sea',
    picture: 'open water, a moving horizon and drifting light',
    words:
      /\b(seas?|oceans?|islands?|ferr(y|ies)|crossings?|boats?|ships?|sail\w*|coasts?|harbours?|beach\w*|waves?)\b/i,
  },
  {
    name: 'hills',
    picture: 'layered ridges under a wide sky with a path leading on',
    words:
      /\b(ridges?|trails?|mountains?|hills?|hik\w+|boots?|camp\w*|forests?|outdoors?|valleys?|peaks?)\b/i,
  },
  {
    name: 'product',
    picture: 'the product alone on a lit surface with steam, grain and close texture',
    words:
      /\b(coffees?|teas?|roast\w*|cups?|breakfasts?|mornings?|kitchens?|drinks?|food|oats?|skin|scents?|bottles?)\b/i,
  },
  {
    name: 'city',
    picture: 'streets, windows and passing lights seen from a quiet distance',
    words: /\b(city|cities|streets?|urban|commut\w+|trains?|offices?|drive\w*|cars?|nights?|homes?)\b/i,
  },
];

const otherwise: Setting = { name: 'abstract', picture: 'slow sculptural shapes in the brand colours' };

/** The setting a brief asks for by its words. */
export function settingOf(text: string): Setting {
  const found = rules.find((rule) => rule.words.test(text));
  return found ? { name: found.name, picture: found.picture } : otherwise;
}
