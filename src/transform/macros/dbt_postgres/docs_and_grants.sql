{#- Quoted with dollars, so that a comment may hold quotes and dollars of its own. -#}
{% macro postgres_escape_comment(comment) -%}
  {%- set tag = '$dbt_comment_literal_block$' -%}
  {%- if comment is not string -%}
    {%- do exceptions.raise_compiler_error('A comment must be a text, got: ' ~ comment) -%}
  {%- elif tag in comment -%}
    {%- do exceptions.raise_compiler_error('The string ' ~ tag ~ ' is not allowed in comments.') -%}
  {%- endif -%}
  {{ tag }}{{ comment }}{{ tag }}
{%- endmacro %}

{% macro postgres__alter_relation_comment(relation, comment) %}
  comment on {{ relation.type | replace('_', ' ') }} {{ relation }} is {{ postgres_escape_comment(comment) }};
{% endmacro %}

{#- The caller leaves out what the relation lacks. -#}
{% macro postgres__alter_column_comment(relation, column_dict) %}
  {%- for key in column_dict %}
  {%- set name = adapter.quote(key) if column_dict[key]['quote'] else key %}
  comment on column {{ relation }}.{{ name }} is {{ postgres_escape_comment(column_dict[key]['description']) }};
  {%- endfor %}
{% endmacro %}

{#- Grants that this role gave to others. -#}
{% macro postgres__get_show_grant_sql(relation) -%}
  select grantee, privilege_type
  from {{ relation.information_schema('role_table_grants') }}
  where grantor = current_role and grantee <> current_role
    and table_schema = {{ adapter.quote_literal(relation.schema) }} and table_name = {{ adapter.quote_literal(relation.identifier) }}
{%- endmacro %}

{#- A relation that is made anew has none of the old grants. -#}
{% macro postgres__copy_grants() %}
  {{ return(False) }}
{% endmacro %}
