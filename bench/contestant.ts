// What the bench compares.

export type WorkloadName = 'W1' | 'W2' | 'W3'
export type StrategyName = 'random' | 'pct'

/** Runs so many executions; returns the steps that they took. Throws where one ends with a wrong result. */
export type Contestant = (executions: number) => number | Promise<number>

export function mustBeRight(wrong: string | undefined): void {
  if (wrong !== undefined) throw new Error(`bench: ${wrong}`)
}
