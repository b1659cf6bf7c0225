// WC-5: the graph of ww, wr and rw edges among committed transactions (read-only ones included) has no cycle.
//
// Transactions that only read count from their acceptance on. The shortest cycle is reported.
//
// Cost: nothing after a step; at the end a breadth-first search from each transaction.

import type { Invariant } from '../../sim/invariant.js'
import type { CoordinatorViewOf } from './coordinator-view.js'
import { judgedCommits } from './judged-commits.js'
import { type CommittedTransaction, cycleText, serialisationEdges, shortestCycle } from './serialisation-graph.js'

/** WC-5: there is a serial order in which the committed transactions would have read and written the same. */
export function committedIsSerialisable<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  return judgedCommits('committed-is-serialisable', viewOf, (ledger, tip) => {
    const transactions: CommittedTransaction[] = ledger.readOnly.map((submission) => ({ commitSeq: undefined, submission }))
    for (const { commitSeq, submission } of ledger.allocations.values()) if (commitSeq <= tip) transactions.push({ commitSeq, submission })
    const cycle = shortestCycle(serialisationEdges(transactions))
    return cycle === undefined ? undefined : `no serial order of the committed transactions does the same: ${cycleText(cycle)}`
  })
}
