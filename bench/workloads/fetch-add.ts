// W3: one word that everybody adds to.

export const PEERS = 2
const ROUNDS = 1000
export const WORD_BYTES = 4

export function addThousand(words: Int32Array): void {
  for (let round = 0; round < ROUNDS; round++) Atomics.add(words, 0, 1)
}

/** What is wrong at the end, if something is. */
export function wrongSum(words: Int32Array): string | undefined {
  return words[0] === PEERS * ROUNDS ? undefined : `expected ${PEERS * ROUNDS} additions, got ${words[0]}`
}
