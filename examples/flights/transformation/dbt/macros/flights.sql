{# The delay, or null where it cannot be true. #}
{% macro credible_delay(column) -%}
    case
        when {{ column }} between {{ var('earliest_credible_delay') }} and {{ var('latest_credible_delay') }}
            then {{ column }}
    end
{%- endmacro %}

{# True for a delay that counts as late; null for an unknown delay. #}
{% macro is_late(column) -%}
    {{ column }} >= {{ var('late_after_minutes') }}
{%- endmacro %}

{# Part of a whole as a percentage; null when the whole is empty. #}
{% macro percentage(part, whole, digits=1) -%}
    round(100.0 * {{ part }} / nullif({{ whole }}, 0), {{ digits }})
{%- endmacro %}
