// A receiver adopts and reads a slot while its sender dies and the host takes back what the sender had.

import { type Invariant, scenario } from 'heddle'
import { distinctHolders, freesOnlyItsGeneration, reclaimTakesOnlyFromTheDead } from 'heddle/invariants'
import { judgedBy, nameFor } from '../judged.js'
import { NoAdoptPool } from '../known-bad/varslot-pool/no-adopt.js'
import { ReclaimRetriesTheClaimPool } from '../known-bad/varslot-pool/reclaim-retries-the-claim.js'
import { Fate } from './fate.js'
import { locate, memoryOf, type PoolWorld, recoverPeer, smallWorld, userOf } from './pool-world.js'
import { codeOf } from './slot-user.js'
import { good, type Subject } from './subject.js'

export interface World extends PoolWorld {
  /** EMPTY, CLOSED, or the generation of slot 0, which the sender has sent. */
  readonly mailbox: Fate
}

const HOST = 2
const EMPTY = 0
const CLOSED = -1
const LETTER = 7
const OTHER_LETTER = 9
/** Steps in which the sender goes on to live, or not, after it has sent. */
const STEPS_AFTER = 4

/** What an adopted slot holds is what the sender wrote. */
const letterArrives: Invariant = {
  name: 'letter-arrives',
  onEvent(event) {
    if (event.name !== 'read' || event.data === LETTER) return undefined
    return `the receiver read ${event.data} in the slot that it adopted; expected ${LETTER}`
  },
}

export function adopt(subject: Subject) {
  return scenario<World>(nameFor('varslot-adopt', subject), {
    about: 'the receiver adopts and reads a slot while the host reclaims its dead sender',
    peers: { receiver: 1, sender: 1 },
    setup: () => ({ ...smallWorld(subject, 1, 3), mailbox: new Fate() }),
    peer: {
      sender(world, me) {
        const user = userOf(world, me)
        const slot = user.allocate()
        if (slot === undefined) throw new Error('expected the only slot to be free, got none')
        user.pool.slotDataMut(slot).fill(LETTER)
        world.mailbox.set(slot.generation)
        for (let step = 0; step < STEPS_AFTER; step++) me.step('does something else')
      },
      receiver(world, me) {
        const generation = world.mailbox.waitWhile(EMPTY)
        if (generation === CLOSED) return
        const user = userOf(world, me)
        const slot = { classIdx: 0, extentIdx: 0, slotIdx: 0, generation }
        const adopted = user.tryAdopt(slot)
        me.sometimes('adopted', adopted)
        me.sometimes('came too late', !adopted)
        if (!adopted) return
        let data: Uint8Array
        try {
          data = user.pool.slotData(slot)
        } catch (error) {
          me.event('read', codeOf(error))
          return
        }
        me.step('reads')
        me.event('read', data[0])
      },
    },
    recover(world, dead, me) {
      recoverPeer(world, dead, HOST, me)
      const user = userOf(world, me, HOST)
      const slot = user.allocate()
      me.sometimes('the slot was in use', slot === undefined)
      if (slot !== undefined) user.pool.slotDataMut(slot).fill(OTHER_LETTER)
      const sent = world.mailbox.close(EMPTY, CLOSED)
      me.sometimes('died before it sent', !sent)
    },
    faults: { crashes: 1, victims: ['sender'] },
    ...judgedBy(
      subject,
      [distinctHolders(memoryOf), freesOnlyItsGeneration(memoryOf), reclaimTakesOnlyFromTheDead(memoryOf), letterArrives],
      ['adopted', 'came too late', 'the slot was in use', 'died before it sent'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [
  adopt(good),
  adopt({
    name: 'no-adopt',
    pool: NoAdoptPool,
    knownBad: {
      breaks: ['distinct-holders'],
      because: "the receiver's slot still belongs to the sender and goes with it",
      hazard: 'varslot-pool H8',
      preemptions: 1,
    },
    without: ['reclaim-takes-only-from-the-dead', 'letter-arrives'],
  }),
  adopt({
    name: 'no-adopt, taken',
    pool: NoAdoptPool,
    knownBad: {
      breaks: ['reclaim-takes-only-from-the-dead'],
      because: "the receiver's slot still belongs to the sender and goes with it",
      hazard: 'varslot-pool H8',
      preemptions: 0,
    },
    without: ['letter-arrives'],
  }),
  adopt({
    name: 'no-adopt, read',
    pool: NoAdoptPool,
    knownBad: { breaks: ['letter-arrives'], because: 'the receiver reads what the next user of the slot wrote', hazard: 'varslot-pool H8', preemptions: 1 },
    without: ['reclaim-takes-only-from-the-dead', 'distinct-holders'],
  }),
  adopt({
    name: 'reclaim-retries-the-claim',
    pool: ReclaimRetriesTheClaimPool,
    knownBad: {
      breaks: ['reclaim-takes-only-from-the-dead', 'frees-only-its-generation'],
      because: 'reclaim frees a slot that was adopted after it looked at the owner',
    },
    without: ['letter-arrives'],
  }),
]
