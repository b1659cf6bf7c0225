// Commands to paste into a shell.

/** Quotes one word for a POSIX shell; names of plain words in double quotes, as people write them. */
export function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  if (!/["$`\\!\n]/.test(word) && word !== '') return `"${word}"`
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** `npx heddle` and the words, quoted. */
export function heddleCommand(...words: readonly string[]): string {
  return ['npx heddle', ...words.map(quote)].join(' ')
}
