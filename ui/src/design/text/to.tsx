import { Anchor, type AnchorProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import { type AnchorHTMLAttributes, forwardRef } from 'react'

type Props = Omit<AnchorProps, 'href'> & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps | 'href'>

/**
 * A link to a page of this UI: `to` and its parameters are checked against the routes. One that stands within a text, and so
 * looks as the text does (`inherit`), is underlined: colour alone tells nobody that it is a link.
 */
export const To = createLink(
  forwardRef<HTMLAnchorElement, Props>((props, ref) => (
    <Anchor ref={ref} underline={props.inherit ? 'always' : 'hover'} {...props} />
  )),
)
