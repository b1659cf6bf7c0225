// Figures as a table of plain text.

/** Lines with the heads first; the first `leftColumns` columns are set left, figures right. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], leftColumns: number): string[] {
  const widest = heads.map((_, column) => Math.max(0, ...rows.map((row) => (row[column] as string).length)))
  return [heads, ...rows].map(lineSetter(heads, widest, leftColumns))
}

/** Sets one row at a time, for a table that grows while it is shown. `widest`: by column, the length of the longest cell to come. */
export function lineSetter(heads: readonly string[], widest: readonly number[], leftColumns: number): (row: readonly string[]) => string {
  const widths = heads.map((head, column) => Math.max(head.length, widest[column] as number))
  const pad = (cell: string, column: number) => (column < leftColumns ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number))
  return (row) => row.map(pad).join('  ').trimEnd()
}

/** A whole number, with commas. */
export function count(figure: number): string {
  return Math.round(figure).toLocaleString('en')
}
