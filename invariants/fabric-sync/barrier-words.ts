// Reads one barrier from a fabric's words, by the published layout: its main word and its seats.
//
//   main word   low: phase; high: 0..7 count, 8 BROKEN, 9..31 break epoch
//   seat        session reference without its low byte; 0 = empty

import { BODY_OFFSET, type FabricWords, generationOf, indexOf, type NamedWords } from './fabric-words.js'

export const NO_SEAT = -1
const NOBODY = 0

export class BarrierWords implements NamedWords {
  readonly what = 'barrier'
  readonly fabric: FabricWords
  /** Byte offset of the barrier in the arena. */
  readonly base: number
  readonly numParties: number

  constructor(fabric: FabricWords, base: number, numParties: number) {
    this.fabric = fabric
    this.base = base
    this.numParties = numParties
    fabric.add(this)
  }

  bodyName(offset: number): string | undefined {
    const seat = offset / 4
    return seat >= 0 && seat < this.numParties && Number.isInteger(seat) ? `seat ${seat}` : undefined
  }

  phase(): number {
    return this.fabric.mainLow(this.base) >>> 0
  }

  epoch(): number {
    return this.fabric.mainHigh(this.base) >>> 9
  }

  /** Members that have arrived. */
  count(): number {
    return this.fabric.mainHigh(this.base) & 0xff
  }

  isBroken(): boolean {
    return (this.fabric.mainHigh(this.base) & 0x100) !== 0
  }

  /** Session reference of the member on a seat; 0 where it is empty. */
  member(seat: number): number {
    return this.fabric.arenaWord(this.base + BODY_OFFSET + 4 * seat) << 8
  }

  /** The seat of a session, or {@link NO_SEAT}. */
  seatOf(reference: number): number {
    for (let seat = 0; seat < this.numParties; seat++) if (this.member(seat) === reference) return seat
    return NO_SEAT
  }

  /** For reports. */
  describe(): Record<string, string> {
    const seats: string[] = []
    for (let seat = 0; seat < this.numParties; seat++) {
      const member = this.member(seat)
      seats.push(member === NOBODY ? '-' : `lease ${indexOf(member)} g${generationOf(member)}`)
    }
    const broken = this.isBroken() ? ', BROKEN' : ''
    return { barrier: `phase ${this.phase()}, epoch ${this.epoch()}, count ${this.count()}${broken}`, seats: seats.join(' | ') }
  }
}

/** Where an invariant finds the barrier that it judges: usually `(world) => world.barrierWords`. */
export type BarrierWordsOf<World> = (world: World) => BarrierWords
