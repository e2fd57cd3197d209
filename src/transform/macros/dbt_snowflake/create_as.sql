{#- A table is replaced in one statement: readers find the old one or the new one. -#}
{% macro snowflake__create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- if language != 'sql' -%}
    {%- do exceptions.raise_compiler_error("Models in '" ~ language ~ "' cannot run here; only sql can.") -%}
  {%- endif -%}
  {%- if temporary -%}
    {{ _snowflake_table('temporary table', relation, compiled_code) }}
  {%- else -%}
    {{ _snowflake_lasting_table(relation, compiled_code) }}
  {%- endif -%}
{%- endmacro %}

{#- For the rows of an incremental model on their way, where others are to see them: lineage, say. -#}
{% macro snowflake__create_table_transient_sql(relation, compiled_code) -%}
  {{ _snowflake_table('transient table', relation, compiled_code) }}
{%- endmacro %}

{% macro _snowflake_lasting_table(relation, compiled_code) -%}
  {%- do snowflake__refuse_iceberg(relation) -%}
  {%- set clusters = snowflake__cluster_keys() -%}
  {{ _snowflake_table('transient table' if config.get('transient', true) else 'table', relation, compiled_code, snowflake__table_properties(), clusters) }}
  {%- if clusters is not none %}
  alter table {{ relation }} cluster by ({{ clusters }});
  {%- if config.get('automatic_clustering', false) %}
  alter table {{ relation }} resume recluster;
  {%- endif %}
  {%- endif %}
{%- endmacro %}

{% macro _snowflake_table(words, relation, compiled_code, properties=none, clusters=none) -%}
  {%- set contract = config.get('contract') -%}
  {%- if contract.enforced -%}
    {{- get_assert_columns_equivalent(compiled_code) -}}
    {%- set compiled_code = get_select_subquery(compiled_code) -%}
  {%- endif -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}
  create or replace {{ words }} {{ relation }}
    {%- if contract.enforced %}
    {{ get_table_columns_and_constraints() }}
    {%- endif %}
    {%- if properties is not none %}
    {{ properties }}
    {%- endif %}
  as (
    {%- if clusters is not none %}
    select * from (
      {{ compiled_code }}
    )
    order by ({{ clusters }})
    {%- else %}
    {{ compiled_code }}
    {%- endif %}
  );
{%- endmacro %}

{% macro snowflake__cluster_keys() %}
  {%- set keys = config.get('cluster_by', none) -%}
  {%- do return((keys if keys is string else keys | join(', ')) if keys else none) -%}
{% endmacro %}

{#- What stands behind the columns of a table or view: policies, tags, and the grants of what it replaces. -#}
{% macro snowflake__table_properties() -%}
  {%- set parts = [] -%}
  {%- if config.get('row_access_policy', none) -%}
    {%- do parts.append('with row access policy ' ~ config.get('row_access_policy')) -%}
  {%- endif -%}
  {%- if config.get('table_tag', none) -%}
    {%- do parts.append('with tag (' ~ config.get('table_tag') ~ ')') -%}
  {%- endif -%}
  {%- if config.get('copy_grants', false) -%}
    {%- do parts.append('copy grants') -%}
  {%- endif -%}
  {%- if config.get('copy_tags', false) -%}
    {%- do parts.append('copy tags') -%}
  {%- endif -%}
  {{ parts | join(' ') }}
{%- endmacro %}

{% macro snowflake__create_view_as(relation, sql) -%}
  {{ snowflake__create_view_as_with_temp_flag(relation, sql) }}
{%- endmacro %}

{#- The comments of a view's columns are part of it. -#}
{% macro snowflake__create_view_as_with_temp_flag(relation, sql, is_temporary=False) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- if config.get('contract').enforced -%}
    {{- get_assert_columns_equivalent(sql) -}}
  {%- endif -%}
  {%- set parts = [] -%}
  {%- if config.get('copy_grants', false) -%}
    {%- do parts.append('copy grants') -%}
  {%- endif -%}
  {%- if config.get('row_access_policy', none) -%}
    {%- do parts.append('with row access policy ' ~ config.get('row_access_policy')) -%}
  {%- endif -%}
  {%- if config.get('table_tag', none) -%}
    {%- do parts.append('with tag (' ~ config.get('table_tag') ~ ')') -%}
  {%- endif -%}
  {{ header if header is not none }}
  create or replace {{ 'secure ' if config.get('secure', false) }}{{ 'temporary ' if is_temporary }}view {{ relation }}
  {%- if config.persist_column_docs() %}
  {{ get_persist_docs_column_list(model.columns, get_columns_in_query(sql)) }}
  {%- endif %}
  {{ parts | join(' ') }}
  as (
    {{ sql }}
  );
{%- endmacro %}
