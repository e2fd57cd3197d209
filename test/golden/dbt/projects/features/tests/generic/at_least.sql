{% test at_least(model, column_name, value, inclusive=true) %}
{{ config(severity='warn') }}
select * from {{ model }} where {{ column_name }} <{{ '' if inclusive else '=' }} {{ value }}
{% endtest %}

{% test row_count_between(model, low, high) %}
select count(*) from {{ model }} having count(*) not between {{ low }} and {{ high }}
{% endtest %}
