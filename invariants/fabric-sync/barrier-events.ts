// What peers report about a barrier: with the shared words, all that its invariants know.

/** About to call `wait`: {@link BarrierEvent}. */
export const WAITING = 'waiting'
/** Counted, in the step that counted it: {@link CountEvent}. */
export const ARRIVED = 'arrived'
/** Taken back, in the step that did it: {@link CountEvent}. */
export const WITHDRAWN = 'withdrawn'
/** `wait` returned: {@link LeftEvent}. */
export const LEFT = 'left the phase'
/** `wait` threw: {@link BarrierEvent}. */
export const NOT_LEFT = 'wait threw'

export interface BarrierEvent {
  readonly leaseId: number
}

export interface CountEvent extends BarrierEvent {
  readonly phase: number
  readonly epoch: number
}

export interface LeftEvent extends BarrierEvent {
  /** What `wait` returned: the phase that begins. */
  readonly phase: number
}
