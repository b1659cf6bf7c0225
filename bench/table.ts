// Figures as a table of plain text.

/** Lines with the heads first; the first `leftColumns` columns are set left, figures right. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], leftColumns: number): string[] {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] as string).length)))
  const pad = (cell: string, column: number) => (column < leftColumns ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number))
  return [heads, ...rows].map((row) => row.map(pad).join('  ').trimEnd())
}

/** A whole number, with commas. */
export function count(figure: number): string {
  return Math.round(figure).toLocaleString('en')
}
