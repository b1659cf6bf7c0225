// What must hold in every execution, and what it may look at: the world and the history of events.

/** One entry of an execution's history. Entries are in the order in which they happened. */
export interface HistoryEvent {
  readonly kind: 'event' | 'enter' | 'leave' | 'invoke' | 'return' | 'throw' | 'crash' | 'restart' | 'declared dead' | 'power failure' | 'disk error'
  /** The event's name, the section, the operation, the kind of the peer that crashed, or the error of the disk: `EIO`, `ENOSPC`, `short`. */
  readonly name: string
  /** Id of the peer that reported it, or of the peer that the fault befell; of no peer for a power failure, which befalls all. */
  readonly peer: number
  /** How often that peer was restarted before. */
  readonly incarnation: number
  /** Number of steps completed in the execution when it happened. */
  readonly step: number
  /** What the peer handed over: the event's data, the call's arguments, its result or its error. For a power failure: what survived of the disk. */
  readonly data: unknown
}

/** All events of the execution so far, oldest first. */
export type History = readonly HistoryEvent[]

/**
 * A statement that must hold. Each check returns `undefined` when it holds, or a sentence that says how it does not.
 * Checks call originals, so their own atomic operations are not steps. A check that throws is a fault of the harness, not a violation.
 */
export interface Invariant<World = unknown> {
  readonly name: string
  /** Forgets the execution before. Runs after `setup`, before the first step. */
  begin?(world: World): void
  /**
   * Forgets the memory that is gone: the power failed, and `setup` has built `world` anew. What was promised before must hold all the same.
   * Runs before the peers start again.
   */
  afterPowerFailure?(world: World): void
  /**
   * Holds after every step. Must be cheap: see `when`. `actor` is the id of who took the step: of a peer or a recovery as its events have it, or
   * one above all of those, where a fault befell or time passed.
   */
  everyStep?(world: World, actor: number): string | undefined
  /**
   * `writes` lets the check be left out after a step that only read shared memory and reported no event. Right for a check that
   * looks at shared memory and at what events told it; wrong for one that reads variables of the peers. Default: `always`.
   */
  readonly when?: 'always' | 'writes'
  /** Holds at the moment an event is reported. */
  onEvent?(event: HistoryEvent, history: History, world: World): string | undefined
  /** Holds when no peer can move any more. */
  atEnd?(world: World, history: History): string | undefined
}
