{#- Comments stand in dollar quotes, which nothing within may end. -#}
{% macro snowflake__comment_literal(comment) -%}
  $${{ comment | replace('$', '[$]') }}$$
{%- endmacro %}

{% macro snowflake__alter_relation_comment(relation, relation_comment) -%}
  comment on {{ 'dynamic table' if relation.is_dynamic_table else relation.type }} {{ relation.render() }} is {{ snowflake__comment_literal(relation_comment) }};
{%- endmacro %}

{#- All columns at once; what is not described any more loses its comment. -#}
{% macro snowflake__alter_column_comment(relation, column_dict) -%}
  {%- set present = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
  {%- set described = validate_doc_columns(relation, column_dict, present) -%}
  {%- set comments = [] -%}
  {%- for name in present -%}
    {%- do comments.append(get_column_comment_sql(name, described) | trim) -%}
  {%- endfor -%}
  alter {{ 'table' if relation.is_dynamic_table else relation.type }} {{ relation.render() }} alter {{ comments | join(', ') }};
{%- endmacro %}

{#- A column with the comment of its description, which the project may have under the name in either case. -#}
{% macro get_column_comment_sql(column_name, column_dict) -%}
  {%- set keys = [] -%}
  {%- for key in (column_name | upper, column_name | lower, column_name) if key in column_dict -%}
    {%- do keys.append(key) -%}
  {%- endfor -%}
  {{ adapter.quote(column_name) }} comment {{ snowflake__comment_literal(column_dict[keys[0]]['description'] if keys else '') }}
{%- endmacro %}

{% macro get_persist_docs_column_list(model_columns, query_columns) %}
  {%- set comments = [] -%}
  {%- for name in query_columns -%}
    {%- do comments.append(get_column_comment_sql(name, model_columns) | trim) -%}
  {%- endfor -%}
  ({{ comments | join(', ') }})
{%- endmacro %}

{% macro snowflake__copy_grants() %}
  {{ return(config.get('copy_grants', False)) }}
{% endmacro %}

{% macro snowflake__support_multiple_grantees_per_dcl_statement() %}
  {{ return(False) }}
{% endmacro %}
