// What counts that should not, after two power failures of which the first must strike at one moment and leave one of eight states: a campaign finds it once in
// about 10,000 executions. So it is looked for by a sweep, in crash-matrix.test.ts; that a tail is left at all is found by campaigns of `wc-crash-matrix`.

import { RecoverWithoutTruncateAndChainCoordinator } from '../known-bad/write-coordinator/recover-without-truncate-and-chain.js'
import { tornGroup } from './torn-group.scenario.js'

export default [
  tornGroup({
    name: 'recover-without-truncate-and-chain',
    coordinator: RecoverWithoutTruncateAndChainCoordinator,
    knownBad: {
      breaks: ['recovery-keeps-a-prefix'],
      because: 'a marker of the group that was torn counts behind one that was written later',
      hazard: 'write-coordinator H13',
      preemptions: 0,
      within: 100_000,
    },
    without: ['markers-form-a-chain', 'recovery-is-idempotent'],
  }),
]
