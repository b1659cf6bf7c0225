// Whether a transaction may commit: first committer wins (Berenson et al., 1995), and no dangerous structure of serializable snapshot isolation
// (Cahill et al., 2008; Ports and Grittner, 2012). An edge T -> U says that T read what U overwrote, so T comes first in every serial order. A
// cycle needs two edges T -> P -> U in a row of which U commits first; P is the pivot. Pages remember no more than the newest writer and
// reader, so some harmless transactions are refused.
//
// Pure functions over the index. Without a conflict they create nothing.

import type { CommitIndex } from './commit-index.js'
import type { CommitResult, CommitSubmission, ReadOnlySubmission } from './commit-types.js'
import type { Outcomes } from './outcomes.js'

/** Some transaction after the snapshot overwrote what this one read. */
export function hasOutEdge(s: ReadOnlySubmission, index: CommitIndex): boolean {
  if (s.outEdges.length > 0) return true
  for (let at = 0; at < s.readPages.length; at++) if (index.written(s.readPages[at] as number) > s.beginSeq) return true
  return false
}

/** Some transaction after the snapshot read what this one overwrites. */
export function hasInEdge(s: CommitSubmission, index: CommitIndex): boolean {
  if (s.inEdges.length > 0) return true
  for (let at = 0; at < s.writePages.length; at++) if (index.read(s.writePages[at] as number) > s.beginSeq) return true
  return false
}

/** First committer wins: somebody wrote the same page after the snapshot. */
export function writeConflict(s: CommitSubmission, index: CommitIndex): CommitResult | undefined {
  for (let at = 0; at < s.writePages.length; at++) {
    if (index.written(s.writePages[at] as number) <= s.beginSeq) continue
    const conflictingPages = s.writePages.filter((page) => index.written(page) > s.beginSeq)
    return { kind: 'conflict-fcw', submitterId: s.submitterId, txnId: s.txnId, conflictingPages }
  }
  return undefined
}

/** The transaction has an edge in and an edge out: it would be a pivot. */
export function selfPivot(s: CommitSubmission, index: CommitIndex): CommitResult | undefined {
  if (!hasOutEdge(s, index) || !hasInEdge(s, index)) return undefined
  const overwritten = s.readPages.filter((page) => index.written(page) > s.beginSeq)
  const missed = s.writePages.filter((page) => index.read(page) > s.beginSeq)
  const pages = [...new Set([...overwritten, ...missed])].sort((a, b) => a - b)
  return { kind: 'conflict-ssi', submitterId: s.submitterId, txnId: s.txnId, pivot: 'self', pages }
}

/** The transaction would give a committed one, which has an edge out, its edge in: that one is a pivot, and cannot be taken back. */
export function committedPivot(s: ReadOnlySubmission, index: CommitIndex, outcomes: Outcomes): CommitResult | undefined {
  if (!leadsToPivot(s, index, outcomes)) return undefined
  const pages = s.readPages.filter((page) => index.pivot(page) > s.beginSeq)
  return { kind: 'conflict-ssi', submitterId: s.submitterId, txnId: s.txnId, pivot: 'committed', pages }
}

function leadsToPivot(s: ReadOnlySubmission, index: CommitIndex, outcomes: Outcomes): boolean {
  for (let at = 0; at < s.readPages.length; at++) if (index.pivot(s.readPages[at] as number) > s.beginSeq) return true
  // Of a transaction that is not known any more nobody can say whether it had an edge out, if one of its time is forgotten.
  const someForgotten = s.beginSeq + 1 < outcomes.oldestSeq
  for (let at = 0; at < s.outEdges.length; at++) {
    const txnId = s.outEdges[at] as number
    if (outcomes.hadOutEdge(txnId)) return true
    if (someForgotten && outcomes.seqOf(txnId) === undefined) return true
  }
  return false
}
