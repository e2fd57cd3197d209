import { Anchor, type AnchorProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import { type AnchorHTMLAttributes, forwardRef } from 'react'

type Props = Omit<AnchorProps, 'href'> & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps | 'href'>

/** A link to a page of this UI: `to` and its parameters are checked against the routes. */
export const To = createLink(forwardRef<HTMLAnchorElement, Props>((props, ref) => <Anchor ref={ref} {...props} />))
