{#- Functions that Spark spells in its own way. -#}
{% macro spark__current_timestamp() -%}
  current_timestamp()
{%- endmacro %}

{% macro spark__any_value(expression) -%}
  first({{ expression }})
{%- endmacro %}

{% macro spark__bool_or(expression) -%}
  max({{ expression }})
{%- endmacro %}

{% macro spark__concat(fields) -%}
  concat({{ fields | join(', ') }})
{%- endmacro %}

{% macro spark__array_construct(inputs, data_type) -%}
  array({{ inputs | join(', ') }})
{%- endmacro %}

{% macro spark__array_append(array, new_element) -%}
  {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro spark__array_concat(array_1, array_2) -%}
  concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro spark__escape_single_quotes(expression) -%}
  {{ expression | replace("'", "\\'") }}
{%- endmacro %}

{#- Texts are no arrays, maps or structs: what was quoted to be cast to one stands without its quotes. -#}
{% macro spark__safe_cast(field, type) %}
  {%- set is_bare = field is string and cast_from_string_unsupported_for(type) -%}
  cast({{ field.strip('"').strip("'") if is_bare else field }} as {{ type }})
{% endmacro %}
{% macro cast_from_string_unsupported_for(type) %}
  {%- set wanted = type | lower -%}
  {{ return(wanted.startswith('struct') or wanted.startswith('array') or wanted.startswith('map')) }}
{% endmacro %}

{% macro spark__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
  {%- if order_by_clause -%}
    {%- do exceptions.warn('order_by_clause is not supported for listagg on Spark/Databricks') -%}
  {%- endif -%}
  {%- set all = 'collect_list(' ~ measure ~ ')' -%}
  {%- set some = 'slice(' ~ all ~ ', 1, ' ~ limit_num ~ ')' if limit_num else all -%}
  {%- do return('array_join(' ~ some ~ ', ' ~ delimiter_text ~ ')') -%}
{%- endmacro %}

{#- split() takes a pattern, in which most signs mean something. -#}
{% macro spark__split_part(string_text, delimiter_text, part_number) %}
  {%- set pattern -%}
    case when regexp_extract({{ delimiter_text }}, '([^A-Za-z0-9])(.*)', 1) != '_' then concat('\\', {{ delimiter_text }}) else {{ delimiter_text }} end
  {%- endset -%}
  {%- if part_number > 0 -%}
    {%- set place = part_number - 1 -%}
  {%- elif part_number == 0 -%}
    {%- set place = 0 -%}
  {%- else -%}
    {%- set place = 'length(' ~ string_text ~ ') - length(replace(' ~ string_text ~ ', ' ~ delimiter_text ~ ", '')) + 1 + " ~ part_number -%}
  {%- endif -%}
  {{ return('split(' ~ string_text ~ ', ' ~ pattern ~ ')[(' ~ place ~ ')]') }}
{% endmacro %}
