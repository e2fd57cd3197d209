/**
 * A whole number as people read it: `1,234,567`. `toLocaleString` writes the same, but loads its tables the first time that it is asked, which was a
 * fortieth of a whole `millrace sync`.
 */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',')
