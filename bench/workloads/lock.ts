// W1: a compare-and-swap lock around a plain counter.

export const PEERS = 3
const ROUNDS = 3

const FREE = 0
const TAKEN = 1

// Words of the memory.
const LOCK = 0
const COUNTER = 1
export const LOCK_BYTES = 8

/** Takes the lock three times, and adds one while it holds it. */
export function lockThrice(words: Int32Array): void {
  for (let round = 0; round < ROUNDS; round++) {
    while (Atomics.compareExchange(words, LOCK, FREE, TAKEN) !== FREE);
    words[COUNTER] = (words[COUNTER] as number) + 1
    Atomics.store(words, LOCK, FREE)
  }
}

/** What is wrong at the end, if something is. */
export function wrongCount(words: Int32Array): string | undefined {
  if (words[LOCK] !== FREE) return 'expected the lock to be free'
  return words[COUNTER] === PEERS * ROUNDS ? undefined : `expected ${PEERS * ROUNDS} additions, got ${words[COUNTER]}`
}
