/** The mark: a wheel that the water turns. Also in public/favicon.svg. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="var(--accent)" strokeWidth="2" aria-hidden>
      <circle cx="12" cy="10" r="7" />
      <path d="M12 3v14M5 10h14M7.05 5.05l9.9 9.9M16.95 5.05l-9.9 9.9" strokeWidth="1.3" />
      <circle cx="12" cy="10" r="1.8" fill="var(--accent)" stroke="none" />
      <path d="M1.5 21c2-1.6 3.3-1.6 5.2 0s3.3 1.6 5.3 0 3.3-1.6 5.2 0 3.3 1.6 5.3 0" strokeLinecap="round" />
    </svg>
  )
}
