// A new peer takes over the id of a dead one, during its reclaim or just after; the host must not take what the new one has.

import { scenario } from 'heddle'
import { reclaimTakesOnlyFromTheDead } from 'heddle/invariants'
import { judgedBy, nameFor } from '../judged.js'
import { ReclaimByBareIdPool } from '../known-bad/varslot-pool/reclaim-by-bare-id.js'
import type { SlotPool } from '../known-bad/varslot-pool/slot-pool.js'
import { DEAD, DONE, Fate, RECLAIMED, RUNNING } from './fate.js'
import { locate, memoryOf, type PoolWorld, recoverPeer, SLOT_SIZE, smallWorld, userOf } from './pool-world.js'
import { requireCode, SlotUser } from './slot-user.js'
import { good, type Subject } from './subject.js'

export interface World extends PoolWorld {
  /** The new peer's handle; it joins under the id of p. */
  readonly heirPool: SlotPool
  readonly fateOfP: Fate
}

const P = 1
const HOST = 2
const SLOT_COUNT = 2
const JOIN_ATTEMPTS_MAX = 5

/** @param askedTwice the new peer waits for the reclaim to end, and the host by mistake asks for a second one */
export function idReuse(subject: Subject, askedTwice: boolean) {
  return scenario<World>(nameFor(askedTwice ? 'varslot-id-reuse, asked twice' : 'varslot-id-reuse', subject), {
    about: askedTwice ? "the host reclaims p's id again after a new peer has joined under it" : "a new peer joins under p's id while the host reclaims p",
    peers: { heir: 1, p: 1 },
    setup() {
      const world = smallWorld(subject, SLOT_COUNT, 3)
      const heirPool = subject.pool.attach(world.buffer, 0, [{ slotSize: SLOT_SIZE, slotCount: SLOT_COUNT }])
      return { ...world, heirPool, fateOfP: new Fate() }
    },
    peer: {
      heir(world, me) {
        const fate = world.fateOfP.waitWhile(RUNNING)
        if (fate === DONE) return
        for (let attempt = 0; attempt < JOIN_ATTEMPTS_MAX; attempt++) {
          const joined = tryJoin(world.heirPool)
          me.sometimes('join was refused', !joined)
          if (joined) {
            me.sometimes('joined')
            new SlotUser(world.heirPool, P, me).allocate()
            return
          }
          me.sleep(1)
        }
      },
      p(world, me) {
        const user = userOf(world, me)
        user.allocate()
        user.allocate()
        world.fateOfP.set(DONE)
      },
    },
    recover(world, dead, me) {
      if (!askedTwice) world.fateOfP.set(DEAD)
      recoverPeer(world, dead, HOST, me)
      if (!askedTwice) return
      world.fateOfP.set(RECLAIMED)
      const repeated = userOf(world, me, HOST).tryReclaim(P)
      me.sometimes('the second reclaim was refused', repeated === undefined)
    },
    faults: { crashes: 1, victims: ['p'] },
    ...judgedBy(subject, [reclaimTakesOnlyFromTheDead(memoryOf)], askedTwice ? ['joined', 'the second reclaim was refused'] : ['joined', 'join was refused']),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

function tryJoin(pool: SlotPool): boolean {
  try {
    pool.joinPeer(P)
    return true
  } catch (error) {
    requireCode(error, 'PEER_STATE')
    return false
  }
}

export default [
  idReuse(good, false),
  idReuse(good, true),
  idReuse(
    {
      name: 'reclaim-by-bare-id',
      pool: ReclaimByBareIdPool,
      knownBad: {
        breaks: ['reclaim-takes-only-from-the-dead'],
        because: 'the id is joined again before its reclaim ends',
        hazard: 'varslot-pool H7',
        preemptions: 1,
      },
    },
    false,
  ),
  idReuse(
    {
      name: 'reclaim-by-bare-id',
      pool: ReclaimByBareIdPool,
      knownBad: {
        breaks: ['reclaim-takes-only-from-the-dead'],
        because: 'reclaim does not ask whether the peer is dead',
        hazard: 'varslot-pool H6',
        preemptions: 0,
      },
    },
    true,
  ),
]
