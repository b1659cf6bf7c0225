// How an invariant judges each change of some shared words by its ghost record: under the calls that were open when it happened. It looks at
// each event, before the event counts, and after every step that wrote.

import type { HistoryEvent, Invariant } from '../sim/invariant.js'
import type { JudgeWord, WordMemory, WordsWatch } from './words-watch.js'

/**
 * Holds whatever `judge` asks of the words that `watch` watches, and `judgeEvent` of the events: both are asked while the ghost record is as it
 * was before the event.
 */
export function judgedChanges<World, Memory extends WordMemory>(
  memoryOf: (world: World) => Memory,
  ledger: { begin(memory: Memory): void; note(event: HistoryEvent): void },
  watch: WordsWatch<Memory>,
  judge: JudgeWord,
  judgeEvent?: (event: HistoryEvent, memory: Memory) => string | undefined,
): Required<Pick<Invariant<World>, 'when' | 'begin' | 'everyStep' | 'onEvent'>> {
  return {
    when: 'writes',
    begin(world) {
      ledger.begin(memoryOf(world))
      watch.begin(memoryOf(world))
    },
    everyStep: (world) => watch.look(memoryOf(world), judge),
    onEvent(event, _history, world) {
      const memory = memoryOf(world)
      const message = watch.look(memory, judge) ?? judgeEvent?.(event, memory)
      ledger.note(event)
      return message
    },
  }
}
