{#- Functions that Snowflake spells in its own way. -#}
{% macro snowflake__array_construct(inputs, data_type) -%}
  array_construct({{ inputs | join(', ') }})
{%- endmacro %}

{% macro snowflake__bool_or(expression) -%}
  boolor_agg({{ expression }})
{%- endmacro %}

{% macro snowflake__cast(field, type) %}
  {%- if type | upper in ['GEOGRAPHY', 'GEOMETRY'] -%}
  to_{{ type | lower }}({{ field }})
  {%- else -%}
  cast({{ field }} as {{ type }})
  {%- endif -%}
{% endmacro %}

{#- It tries texts only, and knows no try for a VARIANT. -#}
{% macro snowflake__safe_cast(field, type) %}
  {%- if type | upper in ['GEOGRAPHY', 'GEOMETRY'] -%}
  try_to_{{ type | lower }}({{ field }})
  {%- elif type | upper == 'VARIANT' -%}
  {{ adapter.dispatch('cast', 'dbt')(field, type) }}
  {%- else -%}
  try_cast({{ dbt.string_literal(field) if field is number else field }} as {{ type }})
  {%- endif -%}
{% endmacro %}

{#- A backslash before a quote is a quote. -#}
{% macro snowflake__escape_single_quotes(expression) -%}
{{ expression | replace("'", "\\'") }}
{%- endmacro %}

{% macro snowflake__right(string_text, length_expression) -%}
  case when {{ length_expression }} = 0 then '' else right({{ string_text }}, {{ length_expression }}) end
{%- endmacro %}
