// W3: two peers add one to the same word, a thousand times each.

import { scenario } from 'heddle'
import { addThousand, PEERS, WORD_BYTES, wrongSum } from './fetch-add.js'

export default scenario('W3 fetch-add, 2×1000', {
  about: 'one word that everybody adds to',
  peers: PEERS,
  setup: () => new Int32Array(new SharedArrayBuffer(WORD_BYTES)),
  peer: addThousand,
  invariants: [{ name: 'every addition counts', atEnd: wrongSum }],
})
