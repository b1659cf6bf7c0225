// Who attached to another's lease locks the mutex and dies, while the other goes on renewing its own lease.

import { scenario } from 'heddle'
import { GAVE_UP } from '../../invariants/fabric-sync/fabric-events.js'
import { lockOutlivesHolder } from '../../invariants/fabric-sync/lock-outlives-holder.js'
import type { Fabric, MemLease } from '../../primitives/fabric-sync/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { attachToOwner } from '../known-bad/fabric-sync/one-lease-per-arena.js'
import { MutexUser } from './mutex-user.js'
import { MutexWorld, mutexOf, shown } from './mutex-world.js'
import { good, type Subject } from './subject.js'

const OWNER = 0
const LEASE_MS = 20
/** How long the owner tries, by its clock. */
const PATIENCE_MS = 3 * LEASE_MS
const POLLS = 10

class World extends MutexWorld {
  /** The lease of the party that attaches. */
  readonly attached: MemLease

  constructor(subject: Subject) {
    super(subject, { leaseMs: [LEASE_MS], latecomers: 1 })
    this.attached = subject.attach(this.fabrics[1] as Fabric, this.leases[OWNER] as MemLease, 2, LEASE_MS)
  }
}

export function attachedHolderDies(subject: Subject) {
  return scenario<World>(nameFor('fabric-attached-holder-dies', subject), {
    about: 'who attached locks and dies; the owner renews and wants the lock',
    peers: { owner: 1, attached: 1 },
    setup: () => new World(subject),
    peer: {
      owner(world, me) {
        const user = MutexUser.of(world, me)
        const begin = me.now()
        for (;;) {
          if (user.renew(LEASE_MS) !== undefined) return
          // What is tried below is tried at this moment or later.
          const triedMs = me.now() - begin
          const held = world.mutexWords.holder() !== 0
          const guard = user.lock(POLLS)
          if (typeof guard !== 'string') {
            me.sometimes('took over', held)
            user.addAndRelease(guard)
            return
          }
          // Its own lease may have ended meanwhile: then it is not one that keeps trying.
          if (guard === 'LeaseExpired') return
          me.sleep(1)
          if (triedMs <= PATIENCE_MS) continue
          me.event(GAVE_UP, { leaseId: user.lease.id, triedMs })
          return
        }
      },
      attached(world, me) {
        const user = MutexUser.under(world, me, world.attached)
        const guard = user.lock(POLLS)
        if (typeof guard === 'string') return
        me.step('holds the lock')
        user.addAndRelease(guard)
      },
    },
    faults: { crashes: 1, victims: ['attached'] },
    ...judgedBy(subject, [lockOutlivesHolder(mutexOf, 2 * LEASE_MS)], ['took over']),
    ...shown,
  })
}

export default [
  attachedHolderDies(good),
  attachedHolderDies({
    ...good,
    name: 'one-lease-per-arena',
    attach: attachToOwner,
    knownBad: {
      breaks: ['lock-outlives-holder'],
      because: 'the dead party holds the lock under the lease that the owner renews',
      within: 10_000,
      hazard: 'fabric-sync H2',
      preemptions: 0,
    },
  }),
]
