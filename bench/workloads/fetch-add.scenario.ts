// W3: two peers add one to the same word, a thousand times each.

import { scenario } from 'heddle'

const PEERS = 2
const ROUNDS = 1000

function addThousand(words: Int32Array): void {
  for (let round = 0; round < ROUNDS; round++) Atomics.add(words, 0, 1)
}

export default scenario('W3 fetch-add, 2×1000', {
  about: 'one word that everybody adds to',
  peers: PEERS,
  setup: () => new Int32Array(new SharedArrayBuffer(4)),
  peer: addThousand,
  invariants: [
    { name: 'every addition counts', atEnd: (words) => (words[0] === PEERS * ROUNDS ? undefined : `expected ${PEERS * ROUNDS} additions, got ${words[0]}`) },
  ],
})
