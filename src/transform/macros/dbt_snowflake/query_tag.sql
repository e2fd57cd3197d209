{#- The tag that Snowflake's history shows a node's statements with: `query_tag` of the node, else that of the profile. -#}
{% macro set_query_tag() -%}
  {{ return(adapter.dispatch('set_query_tag', 'dbt')()) }}
{%- endmacro %}

{#- Answers the tag of before, for `unset_query_tag`. -#}
{% macro snowflake__set_query_tag() -%}
  {%- set wanted = config.get('query_tag') -%}
  {%- if not wanted -%}
    {{ return(none) }}
  {%- endif -%}
  {%- set before = get_current_query_tag() -%}
  {%- do log("The query_tag is '" ~ wanted ~ "' until the node is through, then '" ~ before ~ "' again.") -%}
  {%- do run_query('alter session set query_tag = ' ~ adapter.quote_literal(wanted)) -%}
  {{ return(before) }}
{%- endmacro %}

{% macro unset_query_tag(original_query_tag) -%}
  {{ return(adapter.dispatch('unset_query_tag', 'dbt')(original_query_tag)) }}
{%- endmacro %}

{% macro snowflake__unset_query_tag(original_query_tag) -%}
  {%- if config.get('query_tag') -%}
    {%- if original_query_tag -%}
      {%- do run_query('alter session set query_tag = ' ~ adapter.quote_literal(original_query_tag)) -%}
    {%- else -%}
      {%- do run_query('alter session unset query_tag') -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{% macro get_current_query_tag() -%}
  {%- set found = run_query("show parameters like 'query_tag' in session") -%}
  {{ return(found.rows[0]['value'] if found.rows | length > 0 else '') }}
{%- endmacro %}
