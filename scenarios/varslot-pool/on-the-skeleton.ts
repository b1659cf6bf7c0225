// The pool that the known-bad variants are made of, with nothing wrong in it, in every scenario: what a variant breaks is broken by
// its one difference.

import { PoolSkeleton } from '../known-bad/varslot-pool/pool-skeleton.js'
import { aba } from './aba.scenario.js'
import { adopt } from './adopt.scenario.js'
import { badRefs } from './bad-refs.scenario.js'
import { classes } from './classes.scenario.js'
import { crashEverywhere } from './crash-everywhere.scenario.js'
import { falseDeath } from './false-death.scenario.js'
import { idReuse } from './id-reuse.scenario.js'
import { lockReuse } from './lock-reuse.scenario.js'
import { racingFree } from './racing-free.scenario.js'
import { reclaimerDies } from './reclaimer-dies.scenario.js'
import { recoverUnderTraffic } from './recover-under-traffic.scenario.js'
import { staleFree } from './stale-free.scenario.js'
import type { Subject } from './subject.js'
import { tagWrap } from './tag-wrap.scenario.js'
import { twoDead } from './two-dead.scenario.js'

const skeleton: Subject = { name: 'pool-skeleton', pool: PoolSkeleton }

export default [
  racingFree(skeleton),
  staleFree(skeleton),
  aba(skeleton),
  crashEverywhere(skeleton),
  recoverUnderTraffic(skeleton),
  twoDead(skeleton),
  reclaimerDies(skeleton),
  lockReuse(skeleton, 1),
  adopt(skeleton),
  idReuse(skeleton, false),
  idReuse(skeleton, true),
  falseDeath(skeleton),
  tagWrap(skeleton),
  badRefs(skeleton),
  classes(skeleton),
]
