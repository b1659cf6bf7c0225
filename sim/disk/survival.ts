// Which of the changes that are not synced survive: a list of decisions, and ways to answer them.
//
// Answered one by one at random, a hundred decisions would hardly ever come out all alike. Yet that is where defects are: everything
// survives but one sector, nothing survives but a rename. So first a mode is chosen, then its details (as ALICE does: Pillai et
// al., OSDI 2014). The mode `any subset` reaches every state, the others are there for chance.

export interface Decision {
  /** Answers go from 0, none of it survives, to `bound - 1`, all of it does. */
  readonly bound: number
  /** What is decided: `sector 3 of /data/log`. */
  readonly label: string
}

/** The answer to the decision with this index. To be called once for each index, and not at all where the answer makes no difference. */
export type Answers = (index: number) => number

export type Choose = (bound: number, label: string) => number

export const MODE_LABEL = 'what survives of what is not synced'
export const ONE_LOST_LABEL = 'the one that is lost'
export const ONE_SURVIVES_LABEL = 'the only one that survives'
export const MODES = ['everything', 'nothing', 'any subset', 'everything but one', 'only one'] as const
export type Mode = (typeof MODES)[number]

/** Asks for a mode and for its details; where nothing is to be decided, asks nothing. */
export function askAnswers(decisions: readonly Decision[], choose: Choose): Answers {
  const ask: Answers = (index) => choose((decisions[index] as Decision).bound, (decisions[index] as Decision).label)
  if (decisions.length < 2) return ask
  const last = (index: number) => (decisions[index] as Decision).bound - 1
  const mode = MODES[choose(MODES.length, MODE_LABEL)] as Mode
  switch (mode) {
    case 'everything':
      return last
    case 'nothing':
      return () => 0
    case 'any subset':
      return ask
    case 'everything but one': {
      const lost = choose(decisions.length, ONE_LOST_LABEL)
      const answer = below(last(lost), decisions[lost] as Decision, choose)
      return (index) => (index === lost ? answer : last(index))
    }
    case 'only one': {
      const only = choose(decisions.length, ONE_SURVIVES_LABEL)
      const answer = 1 + below(last(only), decisions[only] as Decision, choose)
      return (index) => (index === only ? answer : 0)
    }
  }
}

function below(bound: number, { label }: Decision, choose: Choose): number {
  return bound === 1 ? 0 : choose(bound, label)
}

/** Answers that are given, one for each decision. */
export function givenAnswers(decisions: readonly Decision[], answers: readonly number[]): Answers {
  if (answers.length !== decisions.length) throw new RangeError(`expected ${decisions.length} answers, got ${answers.length}`)
  for (const [index, { bound, label }] of decisions.entries()) {
    const answer = answers[index] as number
    if (!Number.isInteger(answer) || answer < 0 || answer >= bound) throw new RangeError(`expected 0 to ${bound - 1} for ${label}, got ${answer}`)
  }
  return (index) => answers[index] as number
}
