// Which call each simulated peer is in, as its events told it: what the ghost records of the families that allocate and free have in common.
//
// Arrays are by simulated peer, and are reused between executions.

/** Simulated peers and recoveries, by id. */
export const ACTORS_MAX = 32
export const NOBODY = -1

/** The kind of no call; a family numbers its own from 1. */
export const IDLE = 0

export class OpenCalls {
  /** Kind of the call that the peer is in. */
  readonly call = new Uint8Array(ACTORS_MAX)
  /** What it is about: mostly the number of a slot; the family says of which kind it is what. */
  readonly callAbout = new Int32Array(ACTORS_MAX)
  /** Generation in the reference or token that it was given. */
  readonly callGeneration = new Int32Array(ACTORS_MAX)
  /** Id under which the peer last called anything; -1 before its first call. */
  readonly as = new Int32Array(ACTORS_MAX)
  /** Whether the peer is dead, by what the family counts as that. */
  readonly dead = new Uint8Array(ACTORS_MAX)

  /** Above the ids of all peers that were met in this execution: those from here on did nothing yet. */
  peerLimit = ACTORS_MAX

  /** Forgets the execution before. */
  protected clearCalls(): void {
    // A loop: there is little to clear, and `fill` costs 40 ns to call.
    for (let peer = 0; peer < this.peerLimit; peer++) {
      this.call[peer] = IDLE
      this.as[peer] = NOBODY
      this.dead[peer] = 0
    }
    this.peerLimit = 0
  }

  /** To be told of every peer before anything is noted of it. */
  protected meet(peer: number): void {
    if (peer >= this.peerLimit) this.peerLimit = peer + 1
  }

  protected enter(peer: number, call: number, as: number, about: number, generation: number): void {
    this.call[peer] = call
    this.as[peer] = as
    this.callAbout[peer] = about
    this.callGeneration[peer] = generation
  }

  /** Whether a peer is inside this kind of call about `about`, of whatever generation. */
  protected isAbout(call: number, about: number): boolean {
    for (let peer = 0; peer < this.peerLimit; peer++) if (this.call[peer] === call && this.callAbout[peer] === about) return true
    return false
  }
}
