// What the invariants of a write coordinator look at in a scenario's world, and the shapes of what its callers give and get. They are told by
// structure, so that invariants need nothing of the coordinator that they judge.

import type { DiskView } from './surviving-file.js'

export interface CapsuleRef {
  /** Of the record, in the file of capsules. */
  readonly offset: number
  /** Of the payload. */
  readonly length: number
  readonly crc: number
}

/** What a transaction that only reads hands over. */
export interface ReadOnlySubmission {
  readonly submitterId: number
  readonly txnId: number
  readonly beginSeq: number
  readonly readPages: readonly number[]
  readonly outEdges: readonly number[]
}

/** What a transaction that writes hands over. */
export interface Submission extends ReadOnlySubmission {
  readonly writePages: readonly number[]
  readonly inEdges: readonly number[]
  readonly capsule: CapsuleRef
}

export interface CommitResult {
  readonly submitterId: number
  readonly txnId: number
  /** `committed`, `outcome-unknown`, or why there is no number. */
  readonly kind: string
  readonly commitSeq?: number
}

/** What `submit` returns. */
export type SubmitOutcome = { readonly ok: true; readonly commitSeq: number } | { readonly ok: false; readonly result: CommitResult }

export interface Coordinator {
  readonly mode: 'solo' | 'grouped'
  readonly state: 'open' | 'shutting-down' | 'failed'
  readonly commitSeqTip: number
  readonly durableSeq: number
  readonly publishedSeq: number
  readonly indexFloor: number
  readonly pendingCount: number
  readonly currentEpoch: number
  outcomeOf(txnId: number): number | undefined
  /** The state as plain data, compared as a whole: index, pending entries, outbox, outcomes. */
  inspect(): unknown
}

export interface Board {
  publishedSeq(): number
}

export interface CoordinatorView {
  /** Undefined until it is made or recovered, and while it is recovered; another object after each recovery. */
  readonly coordinator: Coordinator | undefined
  /** Entries that may be pending at once, as given to the coordinator. */
  readonly groupCommitMax: number
  readonly board?: Board | undefined
  /** Commits of which `outcomeOf` knows, as given to the coordinator; all if undefined. */
  readonly retainedOutcomes?: number | undefined
  readonly disk: DiskView
  /** Of the storage: the files are `capsules`, `proofs` and `markers` in it. */
  readonly directory: string
}

export type CoordinatorViewOf<World> = (world: World) => CoordinatorView
