// What goes into a coordinator and what comes out of it: plain data.

/** `solo`: one commit at a time is pending. `grouped`: up to `groupCommitMax` are, and share their two syncs. */
export type OperatingMode = 'solo' | 'grouped'

/** The number of a commit: 0 is none, then 1, 2, … without gaps, up to 2^53 - 1. A snapshot is named by the last commit that it shows. */
export type CommitSeq = number

/** Where the data of one transaction lies in the capsule file. */
export interface CapsulePlace {
  /** First byte of the record. */
  readonly offset: number
  /** Bytes of the payload: 1 to 2^31 - 1. */
  readonly length: number
  /** CRC-32C of the payload. */
  readonly crc: number
}

/** What `CapsuleLog.append` returned: plain data, to be handed on whole. */
export interface CapsuleRef extends CapsulePlace {
  /**
   * The coordinator that the capsule was appended for: drawn when that was made, 0 to 2^48 - 2. Another one refuses the capsule: its bytes may have been
   * lost, and others may lie in their place.
   */
  readonly incarnation: number
}

/** A transaction that wrote, and asks to be committed. */
export interface CommitSubmission {
  /** Whoever is to hear the result: 0 to 2^31 - 1. */
  readonly submitterId: number
  /** 1 to 2^53 - 1, of this transaction alone. */
  readonly txnId: number
  /** The snapshot that it read: a number that `publishedSeq` has shown. */
  readonly beginSeq: CommitSeq
  /** Numbers of the pages that it wrote: 1 to 65,536 of 0 to 2^32 - 1, strictly ascending. */
  readonly writePages: readonly number[]
  /** Numbers of the pages that it read: 0 to 65,536, strictly ascending. Without them, two transactions may each miss what the other wrote. */
  readonly readPages: readonly number[]
  /** Transactions that read what this one wrote, in a way that pages do not show (predicates, ranges): at most 256. */
  readonly inEdges: readonly number[]
  /** Transactions that wrote what this one read, in a way that pages do not show: at most 256. The other end declares the edge too. */
  readonly outEdges: readonly number[]
  /** Its data, appended since the coordinator was made. After a recovery the data is appended anew; the transaction may stay the same. */
  readonly capsule: CapsuleRef
}

/** A transaction that only read, and must have read what some serial order of all transactions gives. */
export type ReadOnlySubmission = Pick<CommitSubmission, 'submitterId' | 'txnId' | 'beginSeq' | 'readPages' | 'outEdges'>

/** How a transaction ended. */
export type CommitResult = { readonly submitterId: number; readonly txnId: number } & (
  | { readonly kind: 'committed'; readonly commitSeq: CommitSeq; readonly commitTimeUnixNs: bigint }
  /** Somebody committed these of its written pages after its snapshot. Ascending. */
  | { readonly kind: 'conflict-fcw'; readonly conflictingPages: readonly number[] }
  /**
   * The transaction, or a committed one, would stand between two others that cannot be put in order. `pages` show it, ascending; none where
   * only declared edges do.
   */
  | { readonly kind: 'conflict-ssi'; readonly pivot: 'self' | 'committed'; readonly pages: readonly number[] }
  /** The coordinator does not know what was committed between the snapshot and `indexFloor`. */
  | { readonly kind: 'snapshot-too-old'; readonly indexFloor: CommitSeq }
  | { readonly kind: 'batch-full' }
  | { readonly kind: 'shutting-down' }
  /** The transaction has this number already. It may be pending: its result says whether it commits. */
  | { readonly kind: 'duplicate'; readonly commitSeq: CommitSeq }
  /** The storage failed. Whether it committed is what `outcomeOf` says after `recover`. */
  | { readonly kind: 'outcome-unknown'; readonly commitSeq: CommitSeq }
)

/** A number, or why there is none. */
export type SubmitOutcome = { readonly ok: true; readonly commitSeq: CommitSeq } | { readonly ok: false; readonly result: CommitResult }

/** One record of the marker file: this commit is decided. */
export interface CommitMarker {
  readonly commitSeq: CommitSeq
  /** Number of its group, from 1. */
  readonly epoch: number
  readonly commitTimeUnixNs: bigint
  readonly firstOfGroup: boolean
  readonly lastOfGroup: boolean
  /** Where its proof lies in the proof file. */
  readonly proofOffset: number
  readonly proofLength: number
  readonly proofCrc: number
  /** FNV-1a-64 over all markers so far. */
  readonly chain: bigint
}

/** One record of the proof file: what a later transaction is checked against. */
export interface CommitProof {
  readonly commitSeq: CommitSeq
  readonly beginSeq: CommitSeq
  readonly txnId: number
  readonly capsule: CapsulePlace
  readonly hadInEdge: boolean
  readonly hadOutEdge: boolean
  readonly writePages: readonly number[]
  readonly readPages: readonly number[]
  readonly inEdges: readonly number[]
  readonly outEdges: readonly number[]
}

/** What a pending commit has behind it: a number, a durable proof and capsule, a durable marker. */
export type PendingState = 'ALLOCATED' | 'SYNCED' | 'MARKED'

/** What `WriteCoordinator.inspect` returns. */
export interface WriteCoordinatorState {
  mode: OperatingMode
  state: 'open' | 'shutting-down' | 'failed'
  /** The highest number that was given out. */
  allocatedSeq: CommitSeq
  /** The highest number with a durable marker. */
  durableSeq: CommitSeq
  /** The highest number that snapshots may show. */
  publishedSeq: CommitSeq
  indexFloor: CommitSeq
  /** Groups made durable, over all restarts. */
  epoch: number
  /** The chain value of the last durable marker; the store's id while there is none. */
  chain: bigint
  /** Of the commit numbered last; -1n before the first. */
  lastTimeUnixNs: bigint
  /** A step that writes has begun and not ended. */
  busy: boolean
  /** Pending commits in the order of their numbers. */
  pending: PendingCommitState[]
  /** Results that were not handed out, in the order of their numbers. */
  outbox: CommitResult[]
  /** Pages that the index knows. */
  indexedPageCount: number
  /** What every page counts as read at: tip + 1 of the last recovery, 0 in a fresh store. */
  readFloorSeq: CommitSeq
  /** Transactions whose number is known by their id: pending and retained ones. */
  knownTxnCount: number
  /** Bytes of the proof file up to the last proof that was synced. */
  proofsBytes: number
}

/** One pending commit. */
export interface PendingCommitState {
  commitSeq: CommitSeq
  submitterId: number
  txnId: number
  state: PendingState
}
