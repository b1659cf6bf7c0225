// W1: three peers take a lock three times each.

import { scenario } from 'heddle'
import { LOCK_BYTES, lockThrice, PEERS, wrongCount } from './lock.js'

export default scenario('W1 lock, 3×3', {
  about: 'a compare-and-swap lock around a plain counter',
  peers: PEERS,
  setup: () => new Int32Array(new SharedArrayBuffer(LOCK_BYTES)),
  peer: lockThrice,
  invariants: [{ name: 'every addition counts', atEnd: wrongCount }],
})
