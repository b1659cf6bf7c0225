// A holder that renews its lease against another that takes its lock over when the lease is past.

import { scenario } from 'heddle'
import { endedLeaseChangesNothing } from '../../invariants/fabric-sync/ended-lease-changes-nothing.js'
import { fencesRise } from '../../invariants/fabric-sync/fences-rise.js'
import { leaseNeverRevives } from '../../invariants/fabric-sync/lease-never-revives.js'
import { oneActiveHolder } from '../../invariants/fabric-sync/one-active-holder.js'
import { judgedBy, nameFor } from '../judged.js'
import { ExpiryWithoutTransition } from '../known-bad/fabric-sync/expiry-without-transition.js'
import { OUTLASTING_MS, wordsOf } from './fabric-world.js'
import { MutexUser } from './mutex-user.js'
import { MutexWorld, mutexOf, shown } from './mutex-world.js'
import { good, type Subject } from './subject.js'

const LEASE_MS = 10
const RENEWALS = 6
const ATTEMPTS_MAX = 2
const POLLS = 12

export function renewRace(subject: Subject) {
  return scenario<MutexWorld>(nameFor('fabric-renew-race', subject), {
    about: 'hold and renew against takeover',
    peers: { holder: 1, taker: 1 },
    setup: () => new MutexWorld(subject, { leaseMs: [LEASE_MS, OUTLASTING_MS] }),
    peer: {
      holder(world, me) {
        const user = MutexUser.of(world, me)
        const guard = user.lock(POLLS)
        if (typeof guard === 'string') return
        let refusal: string | undefined
        for (let renewal = 0; renewal < RENEWALS && refusal === undefined; renewal++) {
          refusal = user.renew(LEASE_MS)
          me.sometimes('renewed', refusal === undefined)
          me.sometimes('was too late to renew', refusal === 'LeaseExpired')
        }
        user.addAndRelease(guard)
      },
      taker(world, me) {
        const user = MutexUser.of(world, me)
        for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
          me.step('wants the lock')
          const held = world.mutexWords.holder() !== 0
          const guard = user.lock(POLLS)
          if (typeof guard === 'string') continue
          me.sometimes('took over', held)
          me.step('holds the lock')
          user.addAndRelease(guard)
          return
        }
      },
    },
    ...judgedBy(
      subject,
      [oneActiveHolder(wordsOf), leaseNeverRevives(wordsOf, mutexOf), fencesRise(mutexOf), endedLeaseChangesNothing(wordsOf)],
      ['renewed', 'was too late to renew', 'took over'],
    ),
    ...shown,
  })
}

const knownBad = {
  because: 'the holder renews after another has seen its lease past, and before it takes the lock',
  within: 10_000,
  hazard: 'fabric-sync H5',
  preemptions: 2,
}

export default [
  renewRace(good),
  renewRace({
    ...good,
    name: 'expiry-without-transition',
    leases: ExpiryWithoutTransition,
    knownBad: { ...knownBad, breaks: ['one-active-holder'], within: 100_000 },
    without: ['lease-never-revives'],
  }),
  renewRace({
    ...good,
    name: 'expiry-without-transition, renewed',
    leases: ExpiryWithoutTransition,
    knownBad: { ...knownBad, because: 'the holder renews after its lock was taken over', breaks: ['lease-never-revives'] },
    without: ['one-active-holder'],
  }),
]
