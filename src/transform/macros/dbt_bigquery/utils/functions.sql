{% macro bigquery__current_timestamp() -%}
  current_timestamp()
{%- endmacro %}

{% macro bigquery__snapshot_string_as_time(timestamp) -%}
  {{ return('timestamp("' ~ timestamp ~ '")') }}
{%- endmacro %}

{% macro bigquery__current_timestamp_backcompat() -%}
  current_timestamp
{%- endmacro %}

{% macro bigquery__except() %}
  except distinct
{% endmacro %}

{% macro bigquery__intersect() %}
  intersect distinct
{% endmacro %}

{% macro bigquery__equals(expr1, expr2) -%}
  {%- if adapter.behavior.enable_truthy_nulls_equals_macro.no_warn -%}
  ({{ expr1 }} is not distinct from {{ expr2 }})
  {%- else -%}
  ({{ expr1 }} = {{ expr2 }})
  {%- endif -%}
{%- endmacro %}

{% macro bigquery__bool_or(expression) -%}
  logical_or({{ expression }})
{%- endmacro %}

{% macro bigquery__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
  string_agg(
    {{ measure }},
    {{ delimiter_text }}
    {%- if order_by_clause %} {{ order_by_clause }}{% endif %}
    {%- if limit_num %} limit {{ limit_num }}{% endif %}
  )
{%- endmacro %}

{% macro bigquery__array_construct(inputs, data_type) -%}
  {%- if inputs | length > 0 -%}
  [ {{ inputs | join(' , ') }} ]
  {%- else -%}
  array<{{ data_type }}>[]
  {%- endif -%}
{%- endmacro %}

{% macro bigquery__array_append(array, new_element) -%}
  {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro bigquery__array_concat(array_1, array_2) -%}
  array_concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro bigquery__hash(field) -%}
  to_hex({{ dbt.default__hash(field) }})
{%- endmacro %}

{#- A backslash, and not a second quote, keeps a quote within a text. -#}
{% macro bigquery__escape_single_quotes(expression) -%}
{{ expression | replace("'", "\\'") }}
{%- endmacro %}

{%- macro bigquery__string_literal(value) -%}
  '''{{ value }}'''
{%- endmacro -%}

{% macro bigquery__position(substring_text, string_text) -%}
  strpos({{ string_text }}, {{ substring_text }})
{%- endmacro -%}

{% macro bigquery__right(string_text, length_expression) -%}
  case when {{ length_expression }} = 0 then '' else substr({{ string_text }}, -1 * ({{ length_expression }})) end
{%- endmacro -%}

{% macro bigquery__split_part(string_text, delimiter_text, part_number) -%}
  {%- if part_number >= 0 -%}
  split({{ string_text }}, {{ delimiter_text }})[safe_offset({{ part_number - 1 }})]
  {%- else -%}
  split({{ string_text }}, {{ delimiter_text }})[safe_offset(
    length({{ string_text }}) - length(replace({{ string_text }}, {{ delimiter_text }}, '')) + 1 + {{ part_number }}
  )]
  {%- endif -%}
{%- endmacro %}

{#- Lists are cast item by item, and records as they are written. -#}
{% macro bigquery__safe_cast(field, type) -%}
  {%- set is_list = field is iterable and field is not string and field is not mapping -%}
  {%- if type.lower().startswith('array') and is_list and field | length > 0 -%}
    {%- set item = type.lower()[6:-1] -%}
    {%- if cast_from_string_unsupported_for(item) -%}
      {%- set items = [] -%}
      {%- for one in field -%}
        {%- do items.append(one.strip('"').strip("'")) -%}
      {%- endfor -%}
  (select array_agg(safe_cast(i as {{ item }})) from unnest([{{ items | join(', ') }}]) i)
    {%- else -%}
  (select array_agg(safe_cast(i as {{ item }})) from unnest({{ field }}) i)
    {%- endif -%}
  {%- elif type.lower() == 'json' and field is mapping -%}
  safe_cast(json {{ dbt.string_literal(tojson(field)) }} as json)
  {%- elif cast_from_string_unsupported_for(type) and field is string -%}
  safe_cast({{ field.strip('"').strip("'") }} as {{ type }})
  {%- else -%}
  safe_cast({{ field }} as {{ type }})
  {%- endif -%}
{%- endmacro %}

{% macro cast_from_string_unsupported_for(type) %}
  {{ return(type.lower().startswith('struct') or type.lower() == 'geography') }}
{% endmacro %}

{% macro bigquery__test_unique(model, column_name) %}
with filled as (
  select {{ column_name }} as unique_field
  from {{ model }}
  where {{ column_name }} is not null
)

select unique_field, count(*) as n_records
from filled
group by unique_field
having count(*) > 1
{% endmacro %}
