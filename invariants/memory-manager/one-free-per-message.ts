// MM-6: exactly one free of a generation succeeds; a stale token never frees, reads or changes a newer message.
//
// A slot word that stops saying "READY, generation g" must have a reason: an open call of free with a token of generation g, or a recovery
// of the owner; one that changes its owner, an open adopt. Judged at each event, before the event counts, and after every step that wrote.
// A guard must be on a slot that holds the token's generation. Of the frees of one generation one may succeed, and none may be refused as
// gone while the message is there.
//
// Cost: one word for each slot after a step; a map entry for each message that is freed.

import type { HistoryEvent, Invariant } from '../../sim/invariant.js'
import { judgedChanges } from '../judged-changes.js'
import * as events from './manager-events.js'
import { ADOPT, FREEING, ManagerLedger } from './manager-ledger.js'
import { generationOf, holds, type ManagerWords, type ManagerWordsOf, messageText, ownerOf, READY, stateOf, wordWatch } from './manager-words.js'

const GENERATIONS = 2 ** 25
const GONE_CODES: readonly string[] = ['MM_NOT_ALLOCATED', 'MM_STALE_TOKEN']

/** MM-6: only a token of the message itself frees, adopts, reads or changes it, and only one free succeeds. */
export function oneFreePerMessage<World>(memoryOf: ManagerWordsOf<World>): Invariant<World> {
  const ledger = new ManagerLedger()
  /** Messages whose free returned, as slot * 2^25 + generation. */
  const freed = new Set<number>()

  function judge(slot: number, before: number, after: number): string | undefined {
    if (stateOf(before) !== READY) return undefined
    const generation = generationOf(before)
    if (holds(after, generation)) {
      if (ledger.isCalled(ADOPT, slot, generation)) return undefined
      return `${messageText(slot, generation)} went from owner ${ownerOf(before)} to ${ownerOf(after)} without an adopt of it`
    }
    if (ledger.isCalled(FREEING, slot, generation) || ledger.isRecovered(ownerOf(before))) return undefined
    return `${messageText(slot, generation)}, of ${ownerOf(before)}, was freed, but no call of free has its token`
  }

  function judgeEvent(event: HistoryEvent, memory: ManagerWords): string | undefined {
    if (event.kind !== 'event') return undefined
    switch (event.name) {
      case events.FREED: {
        const { as, slot, generation } = event.data as events.MessageEvent
        const key = slot * GENERATIONS + generation
        if (freed.has(key)) return `${as} freed ${messageText(slot, generation)}, which was freed before`
        freed.add(key)
        return undefined
      }
      case events.OPENED: {
        const { as, slot, generation, kind } = event.data as events.GuardEvent
        const word = memory.word(slot)
        if (holds(word, generation)) return undefined
        return `${as} got a ${kind} guard with a token of ${messageText(slot, generation)}, but the slot word says generation ${generationOf(word)}`
      }
      case events.OPEN_REFUSED:
      case events.ADOPT_REFUSED:
      case events.FREE_REFUSED: {
        const { as, slot = 0, generation = 0, code } = event.data as events.RefusedEvent
        if (!GONE_CODES.includes(code) || !holds(memory.word(slot), generation)) return undefined
        return `${as} was told ${code} of ${messageText(slot, generation)}, which is there`
      }
      default:
        return undefined
    }
  }

  const judged = judgedChanges(memoryOf, ledger, wordWatch(), judge, judgeEvent)
  return {
    name: 'one-free-per-message',
    ...judged,
    begin(world) {
      judged.begin(world)
      freed.clear()
    },
  }
}
