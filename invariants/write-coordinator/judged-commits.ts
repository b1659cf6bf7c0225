// An invariant that judges at the end what was committed, by what the calls said.

import type { Invariant } from '../../sim/invariant.js'
import { CommitLedger } from './commit-ledger.js'
import type { CoordinatorViewOf } from './coordinator-view.js'

/**
 * @param judge is given what was noted of all calls, and the highest number that is committed
 */
export function judgedCommits<World>(
  name: string,
  viewOf: CoordinatorViewOf<World>,
  judge: (ledger: CommitLedger, tip: number) => string | undefined,
): Invariant<World> {
  const ledger = new CommitLedger()
  return {
    name,
    begin(world) {
      ledger.begin(viewOf(world))
    },
    onEvent(event, _history, world) {
      ledger.note(event, viewOf(world))
      return undefined
    },
    atEnd(world) {
      const view = viewOf(world)
      ledger.look(view)
      return judge(ledger, ledger.committedTip(view))
    },
  }
}
