// Uniform random walk: at every step each enabled peer is as likely as the others.

import type { Actor } from '../actor.js'
import type { RandomStream, StreamName } from '../random-streams.js'
import { EnvironmentPlan } from './environment-plan.js'
import type { Run, Strategy } from './strategy.js'

export class RandomWalk implements Strategy {
  readonly name = 'random'
  readonly lead = 1
  readonly #environment = new EnvironmentPlan()
  /** Unless a subclass picks in another way. */
  readonly uniform = this.pick === RandomWalk.prototype.pick
  #schedule!: RandomStream

  begin(run: Run): void {
    this.#schedule = run.stream('schedule')
    this.#environment.begin(run)
  }

  pick(run: Run): Actor {
    if (run.enabledCount > run.readyCount) {
      if (run.readyCount === 0) return this.#environment.idle(run)
      const due = this.#environment.due(run)
      if (due !== undefined) return due
      const paused = this.#environment.paused(run)
      if (paused !== undefined) return this.#pickWithout(run, paused)
    }
    return run.ready[this.#schedule.draw(run.readyCount)] as Actor
  }

  choose(run: Run, bound: number, label: string, stream: StreamName): number {
    return this.#environment.choose(run, bound, label, stream)
  }

  #pickWithout(run: Run, paused: Actor): Actor {
    if (run.readyCount === 1) return this.#environment.idle(run)
    const at = this.#schedule.draw(run.readyCount - 1)
    return run.ready[at < paused.slot ? at : at + 1] as Actor
  }
}
