// WC-6: published <= durable <= tip; publishedSeq and the board never decrease while a coordinator lives.
//
// The board is never ahead of what is durable. It may be ahead of publishedSeq, or behind it, for a moment: they are two words.
//
// Cost: a few numbers after every step.

import type { Invariant } from '../../sim/invariant.js'
import type { Coordinator, CoordinatorViewOf } from './coordinator-view.js'

/** WC-6: what is published is durable, and stays published. */
export function publishedWithinDurable<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  let judged: Coordinator | undefined
  let publishedBefore = 0
  let boardBefore = 0
  return {
    name: 'published-within-durable',
    begin() {
      judged = undefined
    },
    everyStep(world) {
      const { coordinator, board } = viewOf(world)
      if (coordinator === undefined) return undefined
      const { publishedSeq, durableSeq, commitSeqTip } = coordinator
      const onBoard = board?.publishedSeq() ?? 0
      if (coordinator !== judged) {
        judged = coordinator
        publishedBefore = publishedSeq
        boardBefore = onBoard
      }
      if (publishedSeq > durableSeq) return `publishedSeq is ${publishedSeq}, but durableSeq is ${durableSeq}`
      if (durableSeq > commitSeqTip) return `durableSeq is ${durableSeq}, but commitSeqTip is ${commitSeqTip}`
      if (onBoard > durableSeq) return `the board says ${onBoard}, but durableSeq is ${durableSeq}`
      if (publishedSeq < publishedBefore) return `publishedSeq went from ${publishedBefore} to ${publishedSeq}`
      if (onBoard < boardBefore) return `the board went from ${boardBefore} to ${onBoard}`
      publishedBefore = publishedSeq
      boardBefore = onBoard
      return undefined
    },
  }
}
