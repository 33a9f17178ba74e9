// Letters that Unicode does not decompose into a Latin letter and a mark.
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'Ae',
  œ: 'oe',
  Œ: 'Oe',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ı: 'i',
};

/**
 * Free text as PascalCase Latin letters and digits: "Moana Launch" -> "MoanaLaunch",
 * "L'été à Zürich" -> "LeteAZurich". Capitals inside a word are kept ("iPhone" -> "IPhone").
 * Applying it twice changes nothing. Text without a Latin letter or digit gives "".
 */
export function toPascalCase(text: string): string {
  return foldToLatin(text)
    .replace(/['’ʼ`]/g, '')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function foldToLatin(text: string): string {
  return [...text.normalize('NFKD')]
    .map((character) => LETTERS[character] ?? character)
    .join('')
    .replace(/\p{Mark}/gu, '');
}
