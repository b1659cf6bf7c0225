// A planted bug that every campaign must find: a lock that looks and then takes, in two steps. If it is not found, the harness is
// at fault, and no pass of that campaign means anything.

import { scenario } from 'heddle'
import { mutualExclusion } from 'heddle/invariants'

const FREE = 0
const TAKEN = 1

export default scenario('canary', {
  about: 'a lock that looks and then takes; must fail',
  peers: 2,
  setup: () => new Int32Array(new SharedArrayBuffer(4)),
  peer(lock, me) {
    const state = Atomics.load(lock, 0)
    if (state !== FREE) return
    Atomics.store(lock, 0, TAKEN)
    me.enter('canary')
    me.step('sings')
    me.leave('canary')
    Atomics.store(lock, 0, FREE)
  },
  invariants: [mutualExclusion('canary')],
  knownBad: { breaks: ['mutual-exclusion'], because: 'both look before either takes', within: 500, preemptions: 1 },
})
