// W1: three peers take a compare-and-swap lock three times each, and add one to a plain counter while they hold it.

import { scenario } from 'heddle'

const PEERS = 3
const ROUNDS = 3

const FREE = 0
const TAKEN = 1

// Words of the memory.
const LOCK = 0
const COUNTER = 1

function lockThrice(words: Int32Array): void {
  for (let round = 0; round < ROUNDS; round++) {
    while (Atomics.compareExchange(words, LOCK, FREE, TAKEN) !== FREE);
    words[COUNTER] = (words[COUNTER] as number) + 1
    Atomics.store(words, LOCK, FREE)
  }
}

export default scenario('W1 lock, 3×3', {
  about: 'a compare-and-swap lock around a plain counter',
  peers: PEERS,
  setup: () => new Int32Array(new SharedArrayBuffer(8)),
  peer: lockThrice,
  invariants: [
    {
      name: 'every addition counts',
      atEnd: (words) => (words[COUNTER] === PEERS * ROUNDS ? undefined : `expected ${PEERS * ROUNDS} additions, got ${words[COUNTER]}`),
    },
  ],
})
